"""Programs that measure speed and scores: ``python -m benchmarks`` runs those of speed side by side."""
