"""Prints what a long chain of digests and codes ends in, by Python's hashlib: each is made of the one before, cut to
another length. SHA256Tests.swift makes the same chain. Run: python3 digests.py"""

import hashlib
import hmac

for rounds in (20_000, 1_000_000):
    digest = hashlib.sha256(b"").digest()
    for number in range(rounds):
        text = digest * 9
        if number % 2:
            digest = hashlib.sha256(text[: number % 289]).digest()
        else:
            digest = hmac.new(text[: number % 151], text[: number % 257], hashlib.sha256).digest()
    print(rounds, digest.hex())
