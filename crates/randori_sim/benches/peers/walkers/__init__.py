"""Runs walking policies of other teams in MuJoCo and compares with Randori.

Start reading at `cases.py`, which lists what is compared.
"""
