#!/bin/sh
# Change a row that ships, in an edition of your own, and see what that changes on the sample, and why.
# Run it in an empty folder: sh new_edition.sh
set -eu

skyscrub sample sample-data

# Close the row in a new edition 4. This leaves a copy of it in my-rules, and says in which line.
mkdir -p my-rules/jwst
skyscrub rules new-edition my-rules/jwst 4 pixel_scales.csv:9 --released 2026-09 --source "our measurement"

# Edit the copy. A spreadsheet does it as well, with every column as text.
sed 's/^NIRSPEC,\(.*\),0\.12,/NIRSPEC,\1,0.10,/' my-rules/jwst/pixel_scales.csv > edited.csv
mv edited.csv my-rules/jwst/pixel_scales.csv

# Nothing is wrong: check prints nothing.
skyscrub rules check my-rules

# What changes between the two editions, in the rules and on the sample.
skyscrub rules diff my-rules@3 my-rules@4 --on sample-data/jwst --fail-on none

# Which rows decided on one exposure, with the value that each row read.
skyscrub rules why jw09999014001_02101_00001_nrs1 --on sample-data/jwst --rules my-rules
