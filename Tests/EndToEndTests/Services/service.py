#!/usr/bin/env python3
"""A service that moves money, written by the contract files alone (Sources/Contract): no line of Teller's is used here.

  service.py --brokers HOST:PORT --topic NAME --contract FOLDER --run WORD [--transfers N] [--seconds S]
  service.py --brokers HOST:PORT --topic NAME --contract FOLDER --survey

The first opens two accounts, waits until they are open, makes transfers between them (some wrong on purpose), waits for every
outcome under the reader's rule, and checks each event: its value against outcome.schema.json, its headers against
asyncapi.yaml, its id as vectors.json has it, its key's partition, and the balances against its own account of things.
Prints one JSON object. The second reads what stands in both output topics, checks each record by the contract files,
and prints each as one JSON object. Exit code 1: something was not as the contract says.

Needs python3-confluent-kafka, python3-jsonschema and python3-yaml.
"""

import argparse
import hashlib
import importlib.util
import json
import pathlib
import sys
import time
import urllib.parse
import uuid

import confluent_kafka
import jsonschema
import yaml


class Contract:
    """The files, and what they say of a record."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.request = self.validator("request.schema.json")
        self.outcome = self.validator("outcome.schema.json")
        self.headers = self.validator("asyncapi.yaml#/components/schemas/outcome-headers")
        self.letters = self.validator("asyncapi.yaml#/components/schemas/dead-letter-headers")
        self.pointer_headers = self.validator("asyncapi.yaml#/components/schemas/pointer-headers")
        self.pointer = self.validator("dead-letter-pointer.schema.json")
        self.own_key = self.validator("asyncapi.yaml#/components/schemas/own-key")
        self.partition = self.placement()
        document = self.load((self.folder / "asyncapi.yaml").as_uri())
        self.addresses = {name: channel["address"] for name, channel in document["channels"].items()}

    def placement(self):
        """Where a key belongs: the function of vectors.py, once it has shown that it is that of vectors.json."""
        module = importlib.util.spec_from_file_location("vectors", self.folder / "vectors.py")
        vectors = importlib.util.module_from_spec(module)
        module.loader.exec_module(vectors)
        known = self.load((self.folder / "vectors.json").as_uri())
        for row in known["event_ids"]:
            named = event_id({
                "teller-history": f"1:{row['history']}", "teller-origin-topic": row["topic"],
                **{f"teller-{name}": str(row[name.split("-")[-1]])
                   for name in ("incarnation", "origin-partition", "origin-offset")}})
            assert named == row["id"], row
        places = known["partitions"]
        for row in places["keys"]:
            found = [vectors.partition("murmur2", row["key"].encode(), count) for count in places["counts"]]
            assert found == row["murmur2"], row
        return lambda key, count: vectors.partition("murmur2", key.encode(), count)

    @staticmethod
    def load(uri):
        path = pathlib.Path(urllib.parse.unquote(urllib.parse.urlsplit(uri).path))
        text = path.read_text(encoding="utf-8")
        return yaml.safe_load(text) if path.suffix == ".yaml" else json.loads(text)

    def validator(self, place):
        name, _, pointer = place.partition("#")
        uri = (self.folder / name).as_uri()
        resolver = jsonschema.RefResolver(uri, self.load(uri), handlers={"file": self.load})
        return jsonschema.Draft7Validator({"$ref": f"{uri}#{pointer}"}, resolver=resolver)

    def topic(self, channel, topic):
        return self.addresses[channel].replace("{topic}", topic)


def event_id(headers):
    parts = [headers["teller-history"].split(":")[1], headers["teller-origin-topic"], headers["teller-incarnation"],
             headers["teller-origin-partition"], headers["teller-origin-offset"]]
    digest = bytearray(hashlib.sha256("\0".join(parts).encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(digest)))


class Event:
    def __init__(self, message, contract):
        names = [name for name, _ in message.headers() or []]
        assert len(names) == len(set(names)), f"a header comes twice: {names}"
        self.headers = {name: value.decode() for name, value in message.headers()}
        contract.headers.validate(self.headers)
        self.value = json.loads(message.value())
        contract.outcome.validate(self.value)
        assert self.headers["teller-outcome"] == self.value["outcome"]
        assert self.headers.get("teller-code") == self.value["code"]
        assert self.headers["teller-event-id"] == event_id(self.headers)
        assert int(self.headers["teller-origin-partition"]) == message.partition()
        self.id = self.headers["teller-event-id"]
        self.partition = message.partition()
        self.offset = int(self.headers["teller-origin-offset"])
        self.incarnation = int(self.headers["teller-incarnation"])
        previous = self.headers.get("teller-previous-offset")
        self.previous = None if previous is None else int(previous)
        self.place = (int(self.headers["teller-history"].split(":")[0]), self.incarnation, self.offset)
        self.key = self.headers.get("teller-idempotency-key")
        self.record_key = None if message.key() is None else message.key().decode()
        contract.own_key.validate(self.record_key)


class Reader:
    """The rule for readers, for one origin partition."""

    def __init__(self):
        self.last = None
        self.reached = {}
        self.aside = {}
        self.repeats = 0

    def meet(self, event):
        """The events to take now, in order."""
        if self.last is not None and event.place <= self.last:
            self.repeats += 1
            return []
        if self.waits(event):
            self.aside[event.place] = event
            return []
        taken = [self.take(event)]
        while True:
            for place in [place for place in self.aside if place <= self.last]:
                del self.aside[place]
            ready = [place for place in sorted(self.aside) if not self.waits(self.aside[place])]
            if not ready:
                return taken
            taken.append(self.take(self.aside.pop(ready[0])))

    def waits(self, event):
        if event.previous is None or self.last is None:
            return False
        return event.previous > self.reached.get(event.incarnation, -1)

    def take(self, event):
        self.last = event.place
        self.reached[event.incarnation] = event.offset
        return event


def partitions(consumer, topic, deadline):
    """How many; waits until the worker has made the topic."""
    while True:
        known = consumer.list_topics(topic, timeout=10).topics[topic]
        if known.error is None and known.partitions:
            return len(known.partitions)
        assert time.monotonic() < deadline, f"there is no topic {topic}"
        consumer.poll(0.2)


class Service:
    def __init__(self, arguments):
        self.contract = Contract(arguments.contract)
        self.input = self.contract.topic("requests", arguments.topic)
        self.deadline = time.monotonic() + arguments.seconds
        self.origin = {}
        self.outcomes = {}
        self.events = 0
        self.readers = {}
        self.producer = confluent_kafka.Producer({
            "bootstrap.servers": arguments.brokers, "enable.idempotence": True, "partitioner": "murmur2_random",
        })
        self.consumer = confluent_kafka.Consumer({
            "bootstrap.servers": arguments.brokers, "group.id": f"service-{arguments.run}",
            "enable.auto.commit": False, "isolation.level": "read_committed",
        })
        outcomes = self.contract.topic("outcomes", arguments.topic)
        self.count = partitions(self.consumer, outcomes, self.deadline)
        assert self.count == partitions(self.consumer, self.input, self.deadline), "other partitions than the input"
        self.consumer.assign([
            confluent_kafka.TopicPartition(outcomes, number, confluent_kafka.OFFSET_BEGINNING)
            for number in range(self.count)
        ])

    def send(self, key, request):
        """Sends a request, right or wrong, and notes where it went."""
        text = request if isinstance(request, str) else json.dumps(request, separators=(",", ":"))
        if not isinstance(request, str):
            self.contract.request.validate(request)

        def arrived(error, message):
            assert error is None, f"not sent: {error}"
            place = (message.partition(), message.offset())
            assert place[0] == self.contract.partition(key, self.count), f"{key} went to {place}"
            self.origin[place] = (key, request)

        self.producer.produce(self.input, value=text.encode(), key=key.encode(), on_delivery=arrived)
        self.producer.poll(0)

    def settle(self):
        """Waits until everything that was sent has an outcome."""
        assert self.producer.flush(30) == 0, "the broker did not take everything"
        while not set(self.origin) <= set(self.outcomes):
            left = sorted(set(self.origin) - set(self.outcomes))
            assert time.monotonic() < self.deadline, f"no outcome of {left[:5]}"
            message = self.consumer.poll(1.0)
            if message is None:
                continue
            assert message.error() is None, message.error()
            self.events += 1
            event = Event(message, self.contract)
            for taken in self.readers.setdefault(event.partition, Reader()).meet(event):
                place = (taken.partition, taken.offset)
                assert place not in self.outcomes, f"two outcomes of {place}"
                if place in self.origin:
                    assert taken.record_key == self.origin[place][0], f"{place} is not told under its own key"
                self.outcomes[place] = taken

    def of(self, key):
        """The events about one idempotency key, in order."""
        found = [event for event in self.outcomes.values() if event.key == key]
        return sorted(found, key=lambda event: event.place)


def run(arguments):
    service = Service(arguments)
    payer, payee = (f"{arguments.run}-{name}-№7" for name in ("payer", "payee"))
    for account, overdraft in ((payer, 1_000), (payee, 0)):
        service.send(account, {
            "type": "open_account", "idempotency_key": f"{arguments.run}-open-{account}", "account": account,
            "currency": "EUR", "overdraft": overdraft,
        })
    service.settle()
    print("the accounts are open", flush=True)

    def transfer(number, amount=1, credit=payee, key=None):
        return {"idempotency_key": key or f"{arguments.run}-{number}", "debit_account": payer,
                "credit_account": credit, "amount": amount, "currency": "EUR"}

    capital = str(uuid.uuid5(uuid.NAMESPACE_URL, arguments.run)).upper()
    for number in range(arguments.transfers):
        service.send(payer, transfer(number))
    service.send(payer, transfer(0))
    service.send(payer, transfer(0, amount=2))
    service.send(payer, transfer("by-uuid", key=capital))
    service.send(payer, transfer("too-much", amount=1_000_000))
    service.send(payer, transfer("nobody", credit=f"{arguments.run}-nobody"))
    service.send(payer, '{"not": "a request"}')
    service.send(payee, json.dumps(transfer("elsewhere")))
    service.settle()

    sent = arguments.transfers
    expected = [
        (f"{arguments.run}-0", [("applied", None), ("duplicate", None), ("rejected", "idempotency_key_reused")]),
        (capital.lower(), [("applied", None)]),
        (f"{arguments.run}-too-much", [("rejected", "insufficient_funds")]),
        (f"{arguments.run}-nobody", [("rejected", "credit_account_not_found")]),
        (f"{arguments.run}-elsewhere", [("dead", "misrouted")]),
    ] + [(f"{arguments.run}-{number}", [("applied", None)]) for number in range(1, sent)]
    for key, outcomes in expected:
        found = [(event.value["outcome"], event.value["code"]) for event in service.of(key)]
        assert found == outcomes, f"{key}: {found}"
    first, *repeats = service.of(f"{arguments.run}-0")
    for repeat in repeats:
        told = repeat.value["first"]
        assert (told["partition"], told["offset"]) == (first.partition, first.offset), told
    balance = version = 0
    for place in sorted(place for place in service.origin):
        event = service.outcomes[place]
        _, request = service.origin[place]
        if event.value["outcome"] == "dead":
            assert event.value["request"] is None
            continue
        assert event.value["request"] in (request, None), f"{place} tells of another request"
        if event.value["outcome"] == "applied" and request.get("debit_account") == payer:
            balance, version = balance - request["amount"], version + 1
            assert event.value["balances"][0] == {"account": payer, "balance": balance, "version": version}, event.value
    dead = [e.value["code"] for place, e in service.outcomes.items()
            if place in service.origin and e.value["outcome"] == "dead"]
    assert sorted(dead) == ["invalid_request", "misrouted"], dead
    service.consumer.close()
    return {
        "sent": len(service.origin), "events": service.events, "balance": balance,
        "repeats": sum(reader.repeats for reader in service.readers.values()),
    }


def survey(arguments):
    """Every record of both output topics, checked."""
    contract = Contract(arguments.contract)
    consumer = confluent_kafka.Consumer({
        "bootstrap.servers": arguments.brokers, "group.id": "survey", "enable.auto.commit": False,
        "enable.partition.eof": True,
    })
    deadline = time.monotonic() + arguments.seconds
    for channel in ("outcomes", "dead-letters"):
        topic = contract.topic(channel, arguments.topic)
        left = set(range(partitions(consumer, topic, deadline)))
        consumer.assign([
            confluent_kafka.TopicPartition(topic, number, confluent_kafka.OFFSET_BEGINNING) for number in left
        ])
        while left:
            assert time.monotonic() < deadline, f"{topic} has no end"
            message = consumer.poll(1.0)
            if message is None:
                continue
            if message.error() is not None:
                assert message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF, message.error()
                left.discard(message.partition())
                continue
            told = event_told(message, contract) if channel == "outcomes" else letter_told(message, contract)
            print(json.dumps({"channel": channel, "partition": message.partition(), **told}))
    consumer.close()


def event_told(message, contract):
    event = Event(message, contract)
    text = json.dumps(event.value, ensure_ascii=False, separators=(",", ":"))
    return {"key": event.record_key, "headers": event.headers, "event": event.value, "text": text}


def letter_told(message, contract):
    pairs = [(name, None if value is None else value.decode()) for name, value in message.headers()]
    headers = dict(pairs)
    is_pointer = headers.get("teller-pointer") == "true"
    ours = {name: value for name, value in headers.items() if value is not None}
    (contract.pointer_headers if is_pointer else contract.letters).validate(ours)
    assert headers["teller-event-id"] == event_id(headers)
    value = message.value()
    if is_pointer:
        contract.pointer.validate(json.loads(value))
    return {
        "key": None if message.key() is None else message.key().decode("latin-1"),
        "headers": headers, "names": [name for name, _ in pairs],
        "letter": None if value is None else value.decode("latin-1"),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brokers", required=True)
    parser.add_argument("--topic", required=True)
    parser.add_argument("--contract", required=True, help="the folder of the contract files")
    parser.add_argument("--run", help="a word that no other run has")
    parser.add_argument("--survey", action="store_true", help="read and check what is there")
    parser.add_argument("--transfers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    arguments = parser.parse_args()
    if not arguments.survey and not arguments.run:
        parser.error("--run or --survey")
    try:
        if arguments.survey:
            survey(arguments)
        else:
            print(json.dumps(run(arguments)))
    except (AssertionError, jsonschema.ValidationError) as error:
        sys.exit(f"the contract is broken: {error}")


if __name__ == "__main__":
    main()
