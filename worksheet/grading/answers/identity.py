"""Words above the columns of exported tables: those that say who answered, and those without answers.

Moodle, Canvas, Gradescope, PrairieLearn, Blackboard, Google and Microsoft Forms print them in the language of the site.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ID_WORDS = (  # the most specific first: a system's own number is called ID as well
    "sis id", "sis user id", "id number", "idnumber", "roll no", "roll number", "roll", "student id", "student no",
    "student number", "matriculation number", "matrikelnummer", "matrikel nr", "reg no", "registration number", "uin", "sid",
    "id nummer", "numéro d identification", "numéro étudiant", "n étudiant", "número de id", "número de identificación",
    "número de matrícula", "número de estudiante", "id", "student", "participant", "uid", "username", "user name", "login id",
    "sis login id", "anmeldename", "benutzername", "nom d utilisateur", "nombre de usuario", "usuario",
)  # fmt: skip
EMAIL_WORDS = (
    "email", "e mail", "email address", "e mail address", "mail", "e mail adresse", "mailadresse", "adresse de courriel",
    "adresse e mail", "courriel", "adresse de messagerie", "dirección de correo", "dirección de correo electrónico",
    "dirección email", "correo electrónico", "correo",
)  # fmt: skip
NAME_WORDS = (
    "name", "full name", "student name", "vollständiger name", "nom complet", "nombre completo", "name des studierenden",
    "nombre y apellidos",
)  # fmt: skip
SURNAME_WORDS = (
    "surname",
    "last name",
    "family name",
    "nachname",
    "nom de famille",
    "nom",
    "apellido s",
    "apellidos",
    "apellido",
)
FIRST_WORDS = ("first name", "given name", "forename", "vorname", "prénom", "nombre", "nombre s")

NAMING = (*ID_WORDS, *EMAIL_WORDS, *NAME_WORDS, *SURNAME_WORDS, *FIRST_WORDS)
PASSED_OVER = frozenset((  # columns that neither hold answers nor name students
    "kind", "type", "layer", "layer name", "layer type", "row", "column", "specification", "spec", "input", "input size",
    "worth", "marks", "points", "max", "score", "remark", "remarks", "comment", "comments", "feedback", "date", "time",
    "timestamp", "total points", "quiz feedback", "grade", "total score", "max points", "status", "state", "submission id",
    "submission time", "start time", "completion time", "last modified time", "started on", "started", "completed", "time taken",
    "duration", "attempt", "section", "section id", "section sis id", "root account", "submitted", "n correct", "n incorrect",
    "institution", "department", "zeitstempel", "punktzahl", "punkte", "gesamtpunktzahl", "bewertung", "startzeit", "status",
    "fertigstellungszeit", "begonnen", "begonnen am", "beendet", "verbrauchte zeit", "dauer", "institution", "abteilung",
    "horodateur", "score total", "heure de début", "heure de fin", "état", "statut", "commencé le", "commencé", "terminé",
    "temps utilisé", "durée", "note", "marca temporal", "puntuación", "puntuación total", "total de puntos", "hora de inicio",
    "hora de finalización", "estado", "comenzado el", "comenzado", "finalizado", "completado", "tiempo requerido", "duración",
    "calificación", "departamento", "institución", "right answer", "richtige antwort", "bonne réponse", "réponse correcte",
    "respuesta correcta", "question", "frage", "pregunta", "question id", "possible points", "auto score", "manual score",
))  # fmt: skip
PASSED_OVER_STARTS = ("points ", "feedback ", "punkte ", "commentaires ", "puntos ", "comentarios ")  # Microsoft: "Points - Q"
PASSED_OVER_ENDS = (" score", " feedback")  # Google Forms: "Q [Score]"
DIGITS = "0123456789 "


def is_passed_over(word: str) -> bool:
    """Whether the column below a folded heading never holds answers. Numbers after a word do not matter: Moodle's "Grade/10.00";
    Canvas heads a column of points by their number alone."""
    bare = word.rstrip(DIGITS)
    is_known = not bare or bare in PASSED_OVER
    return is_known or word in NAMING or word.startswith(PASSED_OVER_STARTS) or word.endswith(PASSED_OVER_ENDS)


# A number that the system gave itself, and the words beside it that show this.
OWN_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "id": (
        "sis id", "sis user id",  # Canvas
        "completion time", "fertigstellungszeit", "heure de fin", "hora de finalización",  # Microsoft Forms
    ),
}  # fmt: skip


def may_name(word: str, words: Sequence[str]) -> bool:
    """Whether the column below a folded heading may name students, judged by all headings."""
    return (word in NAMING and not is_own_number(word, words)) or not is_passed_over(word)


def is_own_number(word: str, words: Sequence[str]) -> bool:
    """Whether a heading is that of a number which the system gave itself, judged by the other headings."""
    return any(other in words for other in OWN_NUMBERS.get(word, ()))
