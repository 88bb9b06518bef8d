"""What comes out of marking: tables, JSON, feedback sheets, reports on a class and on what changed."""
