"""Store hardware, tested without hardware: real protocols over real descriptors."""
