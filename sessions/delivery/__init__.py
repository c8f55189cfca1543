"""Channels: a directory each, with one `Channel`. Adding a kind touches nothing else."""
