import Testing

@testable import Teller

@Suite struct `Publishing a partition` {
  private static let ownership = Ownership(
    partition: 3, id: PartitionID(9), epoch: 2, owner: "me", nextOffset: 10, anchors: Anchors())

  private static func batch(_ range: Range<Int64>, without gaps: Set<Int64> = []) -> DecidedBatch {
    var batch = DecidedBatch(
      partition: 3, incarnation: 1, epoch: 2, history: 1, decidedAt: 0, range: range)
    for offset in range where !gaps.contains(offset) {
      batch.append(offset: offset, told: .applied, key: nil, trace: nil) { _ in (-1, 0, 0) }
    }
    return batch
  }

  private static func opened(at published: Int64 = 10, decided: Int64 = 10) -> PartitionPublication {
    var publication = PartitionPublication(ownership)
    publication.open(
      PublicationCursor(
        partition: PartitionID(9), published: published, previous: published - 1, decided: decided))
    return publication
  }

  /// Sends everything there is. Returns offsets with the one before each.
  private static func sendAll(_ publication: inout PartitionPublication) -> [[Int64?]] {
    var sent: [[Int64?]] = []
    while let (_, entry) = publication.next() {
      sent.append([publication.previous, entry.offset])
      publication.sent(eventOf: entry.offset)
    }
    return sent
  }

  @Test func `waits for its cursor, then sends from memory in order`() {
    var publication = PartitionPublication(Self.ownership)
    publication.committed(Self.batch(10..<12), isRoom: true)
    #expect(publication.next() == nil)
    publication.open(
      PublicationCursor(partition: PartitionID(9), published: 10, previous: 8, decided: 10))
    #expect(Self.sendAll(&publication) == [[8, 10], [10, 11]])
    #expect(publication.missing == nil)
    #expect(!publication.isDone)
  }

  @Test func `reads again what was decided before this process`() {
    var publication = Self.opened(at: 4, decided: 10)
    publication.committed(Self.batch(10..<12), isRoom: true)
    #expect(publication.missing == 4..<10)
    #expect(publication.next() == nil)
    publication.fetched([Self.batch(4..<7), Self.batch(7..<10)])
    #expect(Self.sendAll(&publication).map { $0[1] } == [4, 5, 6, 7, 8, 9, 10, 11])
  }

  @Test func `reads again what had no room, and nothing twice`() {
    var publication = Self.opened()
    publication.committed(Self.batch(10..<12), isRoom: true)
    publication.committed(Self.batch(12..<14), isRoom: false)
    publication.committed(Self.batch(14..<16), isRoom: true)
    #expect(Self.sendAll(&publication).map { $0[1] } == [10, 11])
    #expect(publication.missing == 12..<14)
    publication.fetched([Self.batch(12..<13)])
    #expect(Self.sendAll(&publication).map { $0[1] } == [12])
    #expect(publication.missing == 13..<14)
    publication.fetched([Self.batch(13..<14)])
    #expect(Self.sendAll(&publication).map { $0[1] } == [13, 14, 15])
    for number in UInt64(0)...5 { publication.reported(number) }
    #expect(publication.published == 16)
    #expect(publication.byteCount == 0)
  }

  @Test func `steps over offsets without a record, and is published behind them`() {
    var publication = Self.opened()
    publication.committed(Self.batch(10..<15, without: [11, 13, 14]), isRoom: true)
    publication.committed(Self.batch(15..<18, without: [15, 16, 17]), isRoom: true)
    #expect(Self.sendAll(&publication) == [[9, 10], [10, 12]])
    publication.reported(0)
    #expect(publication.published == 11)
    publication.reported(1)
    #expect(publication.published == 18)
    #expect(publication.batches.isEmpty)
    #expect(publication.byteCount == 0)
  }

  @Test func `is published at once where a batch holds no record at all`() {
    var publication = Self.opened()
    publication.committed(Self.batch(10..<12, without: [10, 11]), isRoom: true)
    #expect(Self.sendAll(&publication).isEmpty)
    #expect(publication.published == 12)
  }

  @Test func `goes on from the lowest offset without a report after the client lost everything`() {
    var publication = Self.opened()
    publication.committed(Self.batch(10..<14, without: [11]), isRoom: true)
    _ = Self.sendAll(&publication)
    publication.reported(0)
    publication.restart()
    publication.reported(1)
    #expect(publication.published == 11)
    #expect(Self.sendAll(&publication) == [[10, 12], [12, 13]])
    publication.reported(3)
    publication.reported(4)
    #expect(publication.published == 14)
  }

  @Test func `forgets its memory when told, and reads it again from the cursor on`() {
    var publication = Self.opened()
    publication.committed(Self.batch(10..<14), isRoom: true)
    _ = Self.sendAll(&publication)
    publication.forget()
    publication.reported(0)
    #expect(!publication.isOpen)
    publication.open(
      PublicationCursor(partition: PartitionID(9), published: 10, previous: 9, decided: 14))
    #expect(publication.missing == 10..<14)
  }

  @Test func `begins in the middle of a batch where the cursor stands there`() {
    var publication = Self.opened(at: 12, decided: 14)
    publication.fetched([Self.batch(10..<14)])
    #expect(Self.sendAll(&publication) == [[11, 12], [12, 13]])
  }

  @Test func `sends a dead letter once, though its event had to wait`() {
    var publication = Self.opened()
    publication.committed(Self.batch(10..<11), isRoom: true)
    _ = publication.next()
    publication.sent(letterOf: 10)
    #expect(publication.isLetterSent(10))
    #expect(publication.next()?.entry.offset == 10)
    publication.sent(eventOf: 10)
    publication.reported(1)
    #expect(publication.published == 10)
    publication.reported(0)
    #expect(publication.published == 11)
    publication.restart()
    #expect(!publication.isLetterSent(10))
  }
}
