"""The steps. A step's revision is its file's name; the last by name is the program's own."""
