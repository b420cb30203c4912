"""Faults by the thousand: inputs that are damaged at random, and what must hold of each end.

``faults`` damages the seeds of ``corpus``, ``targets`` runs a command or a pipeline on them and judges the end, ``count``
makes many of them and prints a table by kind and end. A seed that once failed stays in ``corpus``.
"""
