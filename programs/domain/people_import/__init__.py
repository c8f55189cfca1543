"""Importing people from a CSV file: read, check line by line, apply in one transaction.

The file is streamed, in chunks, once to learn who is in it, once to check what it says, and twice to apply it. What is
kept between the chunks is numbers: about 250 bytes a person. Nothing is written before every line has been checked.
"""
