"""Groups of the command `hotline`, one file each; `hotline.cli` puts them together."""
