"""`python -m contracts.openapi`: write the document and its page."""

from contracts.openapi.files import write_files

write_files()
