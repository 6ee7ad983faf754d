"""Heads and columns of a file that no mapping claims -> a drafted mapping, each choice with its evidence.

A draft is for a person to edit: what the file does not prove is a question in it. Nothing here reads a file.
"""
