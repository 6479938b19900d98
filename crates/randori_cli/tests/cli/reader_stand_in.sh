#!/bin/sh
# Stands in for a Python with MuJoCo: takes its input, and says what a test wants.
grep -q '"robot"' || exit 9
printf '%s\n' "$STAND_IN_SAYS"
exit "${STAND_IN_CODE:-0}"
