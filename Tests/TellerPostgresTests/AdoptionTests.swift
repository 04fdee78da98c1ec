import PostgresClient
import Teller
import TellerTestKit
import Testing

@testable import TellerPostgres

@Suite struct `An adoption` {
  private typealias Words = StoreWords

  private func sighting(
    _ ranges: [Range<Int64>], topic: String = "transfers", cluster: String = "cluster",
    group: String = "tellers"
  ) -> StreamSighting {
    StreamSighting(topic: topic, clusterID: cluster, logRanges: ranges, group: group)
  }

  private func store(_ harness: PostgresHarness, _ owner: String = "person") throws -> PostgresOwnershipStore
  {
    PostgresOwnershipStore(try SessionSettings.worker(url: harness.url, owner: owner))
  }

  private func next(
    _ harness: PostgresHarness, _ ranges: [Range<Int64>] = [0..<9, 0..<9], starts: [Int64]? = nil,
    group: String = "tellers"
  ) throws -> StreamAdoption {
    StreamAdoption(
      sighting: sighting(ranges, cluster: "another", group: group), placement: .hashed(.crc32),
      starts: starts ?? ranges.map(\.lowerBound),
      record: AdoptionRecord(startedFrom: "earliest", adoptedBy: "anna@desk", keySample: "many keys"),
      former: try store(harness).openIncarnation(of: "transfers"))
  }

  @Test func `records starts, choice, person and time, and workers begin there`() throws {
    let harness = try PostgresHarness()
    let store = try store(harness)
    let before = Anchor(offset: 6, digest: Array(repeating: 7, count: 32))
    let adoption = StreamAdoption(
      sighting: sighting([3..<9, 0..<4, 0..<0], topic: "payments"), placement: .unverified,
      starts: [7, 4, 0],
      anchors: [before, nil, nil],
      record: AdoptionRecord(startedFrom: "group:old", adoptedBy: "anna@desk", keySample: nil))
    let stream = try store.adopt(adoption)
    #expect(stream.incarnation == 1 && stream.placement == .unverified && stream.partitionCount == 3)
    #expect(try store.openStream(adoption.sighting) == stream)
    let taken = try store.takeOver(0, of: stream, owner: "a")
    #expect(taken.nextOffset == 7 && taken.anchors == Anchors(last: before))
    #expect(try store.takeOver(1, of: stream, owner: "a").anchors == Anchors())

    var connection = try harness.connect()
    let lives = try StreamLife.all(of: "payments", on: &connection)
    let life = try #require(lives.first)
    #expect(lives.count == 1 && life.identity == stream && life.closedAt == nil && life.adoptedAt > 0)
    #expect(life.startedFrom == "group:old" && life.adoptedBy == "anna@desk" && life.keySample == nil)
    #expect(life.positions.map(\.startOffset) == [7, 4, 0])
    #expect(life.positions.map(\.nextOffset) == [7, 4, 0])
    #expect(life.positions.map(\.publishedOffset) == [7, 4, 0])
    #expect(try StreamLife.all(of: "nothing", on: &connection).isEmpty)
  }

  @Test func `by the first worker records itself, with the partitioner it declared`() throws {
    let harness = try PostgresHarness()
    let store = try store(harness)
    let asked = sighting([0..<5], topic: "orders").asked(by: "tellers", placement: .hashed(.fnv1a))
    let stream = try store.openStream(
      asked, record: AdoptionRecord(startedFrom: "earliest", adoptedBy: "w", keySample: "5 keys"))
    #expect(stream.placement == .hashed(.fnv1a))
    var connection = try harness.connect()
    let life = try #require(try StreamLife.all(of: "orders", on: &connection).first)
    #expect(life.adoptedBy == "w" && life.startedFrom == "earliest" && life.keySample == "5 keys")
    // Later ones take what is recorded, and are refused with anything else.
    #expect(try store.openStream(asked.asked(by: "tellers", placement: nil)) == stream)
    let other = asked.asked(by: "tellers", placement: .hashed(.murmur2))
    let refusal = #expect(throws: StreamRefusal.self) { try store.openStream(other) }
    #expect("\(refusal.debugDescription)".contains("partitioner fnv1a, not murmur2"))
  }

  /// The heart of it: whoever still writes to the old log is too late.
  @Test func `of the next incarnation fences a writer of the former, and keeps its keys`() throws {
    let harness = try PostgresHarness()
    let zombie = try harness.takeOver(0, owner: "zombie")
    let writer = try harness.makeStore(owner: "zombie")
    try Words.run(writer, Words.fence(zombie, to: 2), Words.claims(1, 2))
    let adopted = try store(harness).adopt(try next(harness, group: "others"))
    #expect(adopted.incarnation == 2 && adopted.id == harness.stream.id && adopted.group == "others")

    let late = #expect(throws: StoreFailure.self) {
      try Words.run(writer, Words.fence(zombie, to: 3, from: 2), Words.claims(3, from: 2))
    }
    #expect(late?.code == "TL001")
    #expect(late?.kind == .fenced(OwnerRow(epoch: zombie.epoch + 1, owner: "", nextOffset: 2)))
    // Nor does a takeover match the closed one.
    let claim = #expect(throws: StoreFailure.self) { try harness.takeOver(0, owner: "zombie") }
    #expect(claim?.kind == .unexpected)
    let stale = #expect(throws: StreamRefusal.self) {
      try store(harness).openStream(sighting([0..<9, 0..<9]))
    }
    #expect("\(stale.debugDescription)".contains("cluster another"))

    // An old key in the new log is a repeat of what was decided in the old one.
    let heir = try store(harness).takeOver(0, of: adopted, owner: "heir")
    #expect(heir.nextOffset == 0 && heir.epoch == 1 && heir.id != zombie.id)
    let session = PostgresStore(try SessionSettings.worker(url: harness.url, owner: "heir"), stream: adopted)
    try session.reconnect()
    let fence = Words.fence(heir, to: 1)
    try Words.open(session, fence, Words.claims(2), carefully: true)
    let known = try #require(try session.knownKeys().first ?? nil)
    #expect(known.location == Location(partition: zombie.id, offset: 1))
    try Words.finish(session, fence) {
      $0.repeats = [
        BatchOutcomes.Repeat(
          offset: 0, key: Words.key(2), fingerprint: Words.fingerprint(2), first: known.location,
          isReuse: false)
      ]
    }
    let rows = try harness.query(
      """
      select outcome, incarnation, first_incarnation, first_offset from teller.outcome
       where incarnation = 2 order by "offset"
      """)
    #expect(rows.count == 1)
    #expect(try rows.text(0, 0) == "duplicate" && rows.int4(0, 2) == 1 && rows.int8(0, 3) == 1)

    var connection = try harness.connect()
    let lives = try StreamLife.all(of: "transfers", on: &connection)
    #expect(lives.map(\.identity.incarnation) == [1, 2])
    #expect(lives[0].closedAt != nil && lives[1].closedAt == nil)
    #expect(lives[0].positions[0].nextOffset == 2)
    #expect(lives[0].adoptedBy == "a worker")
  }

  @Test func `waits for the batch in flight, and then refuses: the world is not what was compared`() throws {
    let harness = try PostgresHarness()
    let owner = try harness.takeOver(1, owner: "a")
    let adoption = try next(harness)
    let writer = try harness.makeStore(owner: "a")
    let fence = Words.fence(owner, to: 3)
    try Words.open(writer, fence, Words.claims(1, 2, 3))
    let adopting = InBackground { () -> String in
      do {
        return "\(try store(harness).adopt(adoption))"
      } catch { return "\(error)" }
    }
    try harness.untilSomeoneWaits()
    try Words.finish(writer, fence)
    let answer = try adopting.value()
    #expect(answer.contains("partition 1 meanwhile: it stood at 0 and is at 3"), "\(answer)")
    // Nothing was closed, and the owner goes on.
    try Words.run(writer, Words.fence(owner, to: 4, from: 3), Words.claims(4, from: 3))
    #expect(try store(harness).openIncarnation(of: "transfers")?.identity == harness.stream)
  }

  @Test func `by two at once happens once`() throws {
    let harness = try PostgresHarness()
    let adoption = try next(harness)
    let first = StreamAdoption(
      sighting: sighting([0..<1], topic: "fresh"), placement: .unverified, starts: [0],
      record: AdoptionRecord(startedFrom: "end", adoptedBy: "x"))
    for wanted in [adoption, first] {
      let both = (0..<2).map { number in
        InBackground { () -> StreamRefusal? in
          do throws(StreamRefusal) {
            _ = try PostgresOwnershipStore(
              try! SessionSettings.worker(url: harness.url, owner: "person \(number)")
            ).adopt(wanted)
            return nil
          } catch { return error }
        }
      }
      let refusals = try both.compactMap { try $0.value() }
      #expect(refusals.count == 1)
      #expect("\(refusals)".contains("somebody else adopted topic \(wanted.sighting.topic) meanwhile"))
    }
    let open = try store(harness).openIncarnation(of: "transfers")
    #expect(open?.identity.incarnation == 2)
    let rows = try harness.query("select count(*) from teller.incarnation where closed_at is null")
    #expect(try rows.int8(0, 0) == 2)
  }

  @Test func `leaves everything as it was when the database refuses it`() throws {
    let harness = try PostgresHarness()
    let owner = try harness.takeOver(0, owner: "a")
    try harness.execute(
      "alter table teller.incarnation add constraint none_from_another check (cluster_id <> 'another')")
    #expect(throws: StreamRefusal.self) { try store(harness).adopt(try next(harness)) }
    try Words.run(harness.makeStore(owner: "a"), Words.fence(owner, to: 1), Words.claims(1))
    #expect(try store(harness).openIncarnation(of: "transfers")?.identity == harness.stream)
  }
}
