"""The scripts and floors that ours is measured against; each is run as a process of its own."""
