"""What every telescope uses: features, reasons, stamps, saved tables, names of data sets."""
