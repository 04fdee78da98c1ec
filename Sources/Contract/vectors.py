#!/usr/bin/env python3
"""Makes vectors.json, or checks it: `python3 vectors.py --check`.

Written from the documents alone, with nothing of Teller's: two programs that agree on these vectors agree on the
contract. Needs nothing beside Python 3.8.
"""

import hashlib
import json
import os
import struct
import sys
import uuid
import zlib

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vectors.json")


def murmur2(key):
    """org.apache.kafka.common.utils.Utils.murmur2."""
    mask, m = 0xFFFFFFFF, 0x5BD1E995
    h = (0x9747B28C ^ len(key)) & mask
    whole = len(key) // 4 * 4
    for (k,) in struct.iter_unpack("<I", key[:whole]):
        k = k * m & mask
        k ^= k >> 24
        h = (h * m & mask) ^ (k * m & mask)
    tail = key[whole:]
    if tail:
        h = (h ^ int.from_bytes(tail, "little")) * m & mask
    h ^= h >> 13
    h = h * m & mask
    return h ^ h >> 15


def fnv1a(key):
    h = 0x811C9DC5
    for byte in key:
        h = (h ^ byte) * 0x01000193 & 0xFFFFFFFF
    return h


def partition(partitioner, key, count):
    if partitioner == "murmur2":  # Java: toPositive clears the sign
        return (murmur2(key) & 0x7FFFFFFF) % count
    if partitioner == "crc32":
        return zlib.crc32(key) % count
    hashed = fnv1a(key)  # Sarama: the remainder as a signed number, without its sign
    return abs(hashed - (hashed >> 31 << 32)) % count


def named_uuid(digest):
    """The first 16 bytes with version 8 and the variant of RFC 9562."""
    d = bytearray(digest[:16])
    d[6] = d[6] & 0x0F | 0x80
    d[8] = d[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(d)))


def is_uuid(text):
    hexadecimal = "0123456789abcdefABCDEF"
    return len(text) == 36 and all(
        c == "-" if i in (8, 13, 18, 23) else c in hexadecimal for i, c in enumerate(text))


def idempotency_key(topic, text):
    if is_uuid(text):
        return text.lower()
    return named_uuid(hashlib.sha256(topic.encode() + b"\0" + text.encode()).digest())


def fingerprint(request):
    """Of a request that was parsed: Request.md, "The fingerprint"."""

    def field(value):
        if value is None:
            return b"\xff\xff\xff\xff"
        data = struct.pack(">q", value) if isinstance(value, int) else value.encode()
        return struct.pack(">I", len(data)) + data

    if request.get("type") == "open_account":
        names = ["account", "currency", "overdraft"]
    else:
        names = ["debit_account", "credit_account", "amount", "currency", "reference"]
    message = struct.pack(">h", 1) + field(request.get("type", "transfer"))
    message += b"".join(field(request.get(name)) for name in names)
    return hashlib.sha256(message).digest()[:16].hex()


def event_id(history, topic, incarnation, partition, offset):
    parts = [history.lower(), topic, str(incarnation), str(partition), str(offset)]
    return named_uuid(hashlib.sha256(b"\0".join(part.encode() for part in parts)).digest())


PARTITIONERS = ["murmur2", "crc32", "fnv1a"]
COUNTS = [1, 2, 3, 6, 7, 12, 16, 50, 100, 1000, 4096, 2147483647]
KEYS = (
    ["", " ", "0", "a", "ab", "abc", "abcd", "abcde", "acct-1", "acct-2", "acct-42", "world", "konto nr 7"]
    + [f"acct-{n:08d}" for n in (0, 1, 7, 42, 99, 4711, 99999999)]
    + ["ä", "é", "e\u0301", "Kasse №7", "日本語", "😀", "acct-😀-ü", "\u00a0", "\u07ff\u0800\uffff"]
    + ["8b1fd0a2-5b1c-4c7e-9a55-0d8e1f0f6c11", "x" * 127, "y" * 128, "é" * 64, "0123456789" * 12]
)
NATURAL = [
    ("transfers", "order-1"), ("transfers", "ORDER-1"), ("payments", "order-1"), ("transfers", "0"),
    ("transfers", " order-1"), ("transfers", "Bestellung-ä-€-😀"), ("transfers", "é"), ("transfers", "e\u0301"),
    ("transfers", "k" * 64), ("a.b_c-9", "invoice/2026/11/24"), ("transfers", "8b1fd0a25b1c4c7e9a550d8e1f0f6c11"),
    ("transfers", "8b1fd0a2-5b1c-4c7e-9a55-0d8e1f0f6c1g"), ("transfers", "8b1fd0a2-5b1c-4c7e-9a55-0d8e1f0f6c11"),
    ("payments", "8B1FD0A2-5B1C-4C7E-9A55-0D8E1F0F6C11"), ("transfers", "2F76B450-843c-843b-959b-784cd7aec7ea"),
]


def transfer(**changes):
    request = {
        "idempotency_key": "8b1fd0a2-5b1c-4c7e-9a55-0d8e1f0f6c11", "debit_account": "acct-00000042",
        "credit_account": "acct-00000007", "amount": 1250, "currency": "EUR",
    }
    request.update(changes)
    return json.dumps(request, ensure_ascii=False, separators=(",", ":"))


def opening(**changes):
    request = {
        "type": "open_account", "idempotency_key": "open-4711", "account": "acct-00000042", "currency": "EUR",
        "overdraft": 0,
    }
    request.update(changes)
    return json.dumps(request, ensure_ascii=False, separators=(",", ":"))


REQUESTS = [
    transfer(), transfer(type="transfer"), transfer(idempotency_key="order-1"), transfer(reference=None),
    transfer(reference=""), transfer(reference="Rechnung № 7"), transfer(reference="r" * 256),
    transfer(amount=1), transfer(amount=9223372036854775807), transfer(currency="ABCDEFGH"),
    transfer(metadata={"shop": 7}), transfer(requested_at="2026-11-24T08:15:30Z"),
    transfer(credit_account="Kasse №7 😀"), transfer(debit_account="a" * 128, credit_account="b"),
    transfer(credit_account="é"), transfer(credit_account="e\u0301"),
    '{ "currency" : "EUR","amount":1250,\n"credit_account":"acct-0000000\\u0037", "debit_account":'
    '"acct-00000042","idempotency_key":"8b1fd0a2-5b1c-4c7e-9a55-0d8e1f0f6c11" }',
    transfer(credit_account="😀"), '{"idempotency_key":"k","debit_account":"a","credit_account":"\\ud83d\\ude00",'
    '"amount":1,"currency":"EUR","reference":"\\"\\\\\\/\\b\\f\\n\\r\\t"}',
    opening(), opening(overdraft=500), opening(overdraft=9223372036854775807), opening(account="日本語"),
]
HISTORIES = ["00000000-0000-0000-0000-000000000000", "5b0f3c9e-7d11-4a4e-8c39-2f6a1e0d9b77"]
EVENTS = [
    (history, topic, incarnation, number, offset)
    for history in HISTORIES
    for topic, incarnation, number, offset in [
        ("transfers", 1, 0, 0), ("transfers", 1, 3, 41), ("transfers", 2, 3, 41), ("payments", 1, 3, 41),
        ("transfers", 1, 34, 1), ("transfers", 13, 4, 1), ("a.b_c-9", 2147483647, 2147483646, 9223372036854775806),
    ]
]


def vectors():
    return {
        "about": "Made by vectors.py from the documents, not by Teller. Partitions are listed in the order of counts.",
        "partitions": {
            "counts": COUNTS,
            "keys": [
                {"key": key, **{p: [partition(p, key.encode(), n) for n in COUNTS] for p in PARTITIONERS}}
                for key in KEYS
            ],
        },
        "idempotency_keys": [
            {"topic": topic, "key": key, "uuid": idempotency_key(topic, key)} for topic, key in NATURAL
        ],
        "fingerprints": [
            {"version": 1, "request": text, "fingerprint": fingerprint(json.loads(text))} for text in REQUESTS
        ],
        "event_ids": [
            {"history": h, "topic": t, "incarnation": i, "partition": p, "offset": o, "id": event_id(h, t, i, p, o)}
            for h, t, i, p, o in EVENTS
        ],
    }


def written(value):
    """One line for each vector, so that a difference is one line."""
    out = ["{", f' "about": {json.dumps(value["about"])},']
    partitions = value["partitions"]
    out += [' "partitions": {', f'  "counts": {json.dumps(partitions["counts"])},', '  "keys": [']
    out += [rows(partitions["keys"], "   "), "  ]", " },"]
    names = ["idempotency_keys", "fingerprints", "event_ids"]
    for name in names:
        out += [f' "{name}": [', rows(value[name], "  "), " ]" + ("," if name != names[-1] else "")]
    return "\n".join(out + ["}", ""])


def rows(values, margin):
    return ",\n".join(margin + json.dumps(value, ensure_ascii=False) for value in values)


def main():
    text = written(vectors())
    assert json.loads(text) == vectors()
    if sys.argv[1:] == ["--check"]:
        with open(FILE, encoding="utf-8") as file:
            if file.read() != text:
                sys.exit(f"{FILE} is not what vectors.py makes")
    elif not sys.argv[1:]:
        with open(FILE, "w", encoding="utf-8") as file:
            file.write(text)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
