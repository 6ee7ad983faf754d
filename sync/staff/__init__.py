"""What became of files -> plain words in the language of the staff: notes beside files, the page of the folder, reasons."""
