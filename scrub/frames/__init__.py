"""Pure work on frames, without any file: rejects, cells, columns, codes, positions on the sky."""
