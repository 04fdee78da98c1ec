import Ledger
import Teller

/// I6 and I14: the log once more, in the recorded serial order, through the pure rules.
extension LedgerAuditor {
  /// What a replayed offset must have become.
  private struct Expected: Equatable {
    var kind: SimulatedOutcome.Kind
    var code: String?
  }

  /// The model: nothing of the engine is used but the decoder and the rules.
  private struct Model {
    var decoders: [Int32: DecoderBox] = [:]
    var known: [SimulatedKey: Fingerprint] = [:]
    var states: [AccountState] = []
    var places: [[UInt8]: Int] = [:]
  }

  private final class DecoderBox {
    var decoder: JSONTransferDecoder

    init(topic: String) { decoder = JSONTransferDecoder(topic: topic) }
  }

  func replay() {
    var model = Model()
    let byPlace = Dictionary(outcomes.map { ($0.location, $0) }) { first, _ in first }
    var events: [(sequence: Int64, offsets: Range<Int64>, partition: PartitionID?)] = []
    for batch in tables.batches { events.append((batch.sequence, batch.offsets, batch.partition)) }
    for account in tables.accounts.values where account.openedAt == nil {
      events.append((account.openedBy, 0..<0, nil))
    }
    let sequences = events.filter { $0.partition != nil }.map(\.sequence)
    expect("I14", Set(sequences).count == sequences.count, "two batches bear one sequence number")
    for event in events.sorted(by: { $0.sequence < $1.sequence }) {
      guard let partition = event.partition else {
        openFromOutside(by: event.sequence, &model)
        continue
      }
      for offset in event.offsets {
        let location = Location(partition: partition, offset: offset)
        check(location, byPlace[location], &model)
      }
    }
    checkStates(model)
  }

  private func openFromOutside(by sequence: Int64, _ model: inout Model) {
    for account in tables.accounts.values where account.openedAt == nil && account.openedBy == sequence {
      model.places[account.name] = model.states.count
      var state = account.state
      state.balance = account.openingBalance
      state.version = 0
      model.states.append(state)
    }
  }

  private func check(_ location: Location, _ found: SimulatedOutcome?, _ model: inout Model) {
    guard let record = record(location) else {
      return expect("I14", found == nil, "\(location) has no record and became \(String(describing: found))")
    }
    // Refused by the database is undecided: only the tables know of it, and the effect must be one they
    // refuse.
    if let found, found.code == DeadLetterCause.Code.refusedByDatabase.rawValue, let key = found.key {
      return expect("I14", tables.refusedKeys.contains(key), "\(location) was refused without a reason")
    }
    let wanted = decide(record, at: location, &model)
    let actual = found.map { Expected(kind: $0.kind, code: $0.code) }
    expect("I14", wanted == actual, "\(location) became \(String(describing: actual)), not \(wanted)")
  }

  private func decide(_ record: SimulatedRecord, at location: Location, _ model: inout Model) -> Expected {
    guard let owner = tables.owners[location.partition], let stream = tables.streams[owner.stream]?.identity
    else { return Expected(kind: .dead, code: "no stream") }
    let key = record.key ?? []
    let value = record.value ?? []
    func dead(_ code: DeadLetterCause.Code) -> Expected { Expected(kind: .dead, code: code.rawValue) }
    if value.count > RequestLimits.valueBytesMax || key.count > RequestLimits.keyBytesMax {
      return dead(.tooLarge)
    }
    if key.isEmpty { return dead(.misrouted) }
    if case .hashed(let partitioner) = stream.placement,
      partitioner.partition(key: key.span.bytes, count: stream.partitionCount) != owner.partition
    {
      return dead(.misrouted)
    }
    if record.value == nil { return dead(.undecodable) }
    let box = model.decoders[stream.id] ?? DecoderBox(topic: stream.topic)
    model.decoders[stream.id] = box
    switch box.decoder.decode(key: key.span.bytes, value: value.span.bytes) {
    case .dead(let cause, _): return dead(cause.code)
    case .job(let request, let idempotencyKey, let fingerprint):
      let place = SimulatedKey(stream: stream.id, key: idempotencyKey)
      if let first = model.known[place] {
        return first == fingerprint
          ? Expected(kind: .duplicate)
          : Expected(kind: .rejected, code: LedgerRejection.idempotencyKeyReused.rawValue)
      }
      model.known[place] = fingerprint
      return decide(request, &model)
    }
  }

  private func decide(_ request: LedgerRequest, _ model: inout Model) -> Expected {
    switch request {
    case .transfer(let transfer):
      let decision = LedgerRules.decide(
        transfer, debit: model.places[Array(transfer.debitAccount.utf8)],
        credit: model.places[Array(transfer.creditAccount.utf8)], accounts: &model.states)
      guard case .rejected(let why) = decision else { return Expected(kind: .applied) }
      return Expected(kind: .rejected, code: why.rawValue)
    case .openAccount(let opening):
      let name = Array(opening.account.utf8)
      switch LedgerRules.decide(opening, existing: model.places[name]) {
      case .rejected(let why): return Expected(kind: .rejected, code: why.rawValue)
      case .opened(let state):
        model.places[name] = model.states.count
        model.states.append(state)
        return Expected(kind: .applied)
      }
    }
  }

  private func checkStates(_ model: Model) {
    expect(
      "I14", model.places.count == tables.accounts.count,
      "the replay has \(model.places.count) accounts, the tables have \(tables.accounts.count)")
    for (id, account) in tables.accounts {
      let replayed = model.places[account.name].map { model.states[$0] }
      expect(
        "I14", replayed == account.state,
        "\(name(id)) is \(account.state), replayed \(String(describing: replayed))")
    }
  }

  func checkEntries() {
    let entries = Dictionary(grouping: tables.journal, by: \.location)
    var decoders: [String: DecoderBox] = [:]
    for outcome in outcomes {
      let here = entries[outcome.location] ?? []
      guard outcome.kind == .applied, let record = record(outcome.location) else {
        expect("I6", here.isEmpty, "\(outcome.location) is \(outcome.kind) and has entries")
        continue
      }
      let box = decoders[broker.topic] ?? DecoderBox(topic: broker.topic)
      decoders[broker.topic] = box
      let (key, value) = (record.key ?? [], record.value ?? [])
      guard case .job(let request, _, _) = box.decoder.decode(key: key.span.bytes, value: value.span.bytes)
      else {
        expect("I6", false, "\(outcome.location) is applied and does not decode")
        continue
      }
      guard case .transfer(let transfer) = request else {
        expect("I6", here.isEmpty, "the opening at \(outcome.location) has entries")
        continue
      }
      let isRight =
        here.count == 1 && here[0].amount == transfer.amount && name(here[0].debit) == transfer.debitAccount
        && name(here[0].credit) == transfer.creditAccount
      expect("I6", isRight, "\(outcome.location): entries \(here) for \(transfer)")
    }
    for location in Set(entries.keys).subtracting(outcomes.map(\.location)) {
      expect("I6", false, "\(location) has entries and no outcome")
    }
  }
}
