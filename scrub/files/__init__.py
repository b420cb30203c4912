"""What touches the disk: folders that ship, tables, FITS headers, HDF5, hashes, files written whole."""
