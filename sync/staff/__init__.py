"""What became of files -> plain words in the language of the staff: notes beside files, the page of the folder, reasons.

`language` reads the tables of sentences, `words` says them; `failures` finds the words for a file that was set aside,
`note` and `page` put together what lies in the watched folder. Knows nothing of runs: it is handed reports.
"""
