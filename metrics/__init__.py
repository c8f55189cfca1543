"""What leaves the loop: blocks, releases, figures, privacy, decisions."""
