"""Bounds on what is read from students: generous for any class, far below what would fill a machine."""

MEGABYTE = 10**6
MAX_CELL = 400  # characters of one answer; a longer one is unreadable
MAX_ID = 200  # characters of a student's id
MAX_STUDENTS = 100_000
MAX_LINES = 8_000_000  # of one file: 100,000 students with 80 cells each
MAX_CELLS = 16_384  # of one line: as many as spreadsheets have columns
MAX_UNPLACED = 10_000  # that are listed one by one; further ones are counted
MAX_NOTES = 200
MAX_ROW_WORDS = 50_000  # spellings of a cell that are remembered while a file is read
HEAD = 60  # lines in which the headings of a table are searched for
MAX_ATTEMPTS = 20  # earlier ones of a student that are compared, where the best counts
MAX_PARTS = 5_000  # answers in one cell of a table
AHEAD = 200  # lines below the headings in which the students of a roster are searched for
SPAN = 20  # lines that one quoted record of a table may span
CHUNK = 65_536  # bytes that are examined together; a line of two chunks is too long

CSV_BYTES = 400 * MEGABYTE
TEXT_BYTES = 32 * MEGABYTE  # a file in Markdown or JSON, and a roster
JSON_CONTAINERS = 1_000_000  # lists and objects of one file
JSON_VALUES = 4_000_000

PACK_FILES = 20_000  # of one folder or zip
PACK_DEPTH = 8  # folders in folders
PACK_BYTES = 1_000 * MEGABYTE  # of all files of all folders and zips together
PACKED_BYTES = 32 * MEGABYTE  # of one file in a zip
DIRECTORY_BYTES = 8 * MEGABYTE  # of a zip's directory
ZIP_BYTES = 500 * MEGABYTE  # of a zip itself
RATIO = 200  # how many times its size a file of more than a megabyte may unpack to

XLSX_BYTES = 32 * MEGABYTE  # of a workbook itself
XLSX_PARTS = 2_000
XLSX_UNPACKED = 100 * MEGABYTE
XLSX_ELEMENTS = 4_000_000  # of all its parts
OFFICE_BYTES = 32 * MEGABYTE  # of an .ods or .docx, also unpacked
OFFICE_ELEMENTS = 1_000_000  # that are in memory together
XLSX_DEPTH = 50
XLSX_SHEETS = 50
XLSX_ROWS = 1_048_576
XLSX_CELLS = 3_000_000  # of all sheets, including blank ones to the left of filled ones
