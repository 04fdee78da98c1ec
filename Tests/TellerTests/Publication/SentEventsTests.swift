import Testing

@testable import Teller

@Suite struct `Events that were sent` {
  @Test func `count as published only once everything before them is reported`() {
    var sent = SentEvents()
    for offset: Int64 in 10...12 { sent.add(eventOf: offset) }
    #expect(sent.reported(1) == nil)
    let moved = sent.reported(0)
    #expect(moved?.published == 12)
    #expect(moved?.last == 11)
    #expect(!sent.isEmpty)
  }

  @Test func `of a dead record need the report of its dead letter as well`() {
    var sent = SentEvents()
    sent.add(letterOf: 5, previous: 4)
    sent.add(eventOf: 5)
    #expect(sent.reported(1) == nil)
    #expect(sent.reported(0)?.published == 6)
  }

  @Test func `are not published by their dead letter alone`() {
    var sent = SentEvents()
    sent.add(letterOf: 5, previous: 3)
    sent.add(eventOf: 5)
    let moved = sent.reported(0)
    #expect(moved?.published == 5)
    #expect(moved?.last == 3)
  }

  @Test func `carry the offsets without an event that follow them`() {
    var sent = SentEvents()
    sent.add(eventOf: 7)
    sent.extendLast(to: 12)
    #expect(sent.reported(0)?.published == 12)
  }

  @Test func `that were forgotten are not counted when their report comes after all`() {
    var sent = SentEvents()
    sent.add(eventOf: 1)
    sent.forget()
    sent.add(eventOf: 1)
    #expect(sent.reported(0) == nil)
    #expect(sent.offset(of: 0) == nil)
    #expect(sent.reported(1)?.published == 2)
  }

  @Test func `keep their numbers while thousands come and go`() {
    var sent = SentEvents()
    for offset in 0..<Int64(20_000) {
      sent.add(eventOf: offset)
      let number = sent.nextNumber - 1
      if offset % 3 == 0 { continue }
      _ = sent.reported(number)
      if number > 0 { _ = sent.reported(number - 1) }
    }
    #expect(sent.reported(sent.nextNumber - 1)?.published == nil)
    #expect(sent.nextNumber == 20_000)
  }
}

@Suite struct `An event's tag` {
  @Test(arguments: [Int32(0), 1, 199, 1_048_575], [OutputTopic.outcomes, .deadLetters])
  func `says partition, topic and number`(partition: Int32, topic: OutputTopic) {
    let tag = EventTag(partition: partition, topic: topic, number: 123_456_789_012)
    let read = EventTag(tag.bits)
    #expect(read == tag)
    #expect(read.number == 123_456_789_012)
  }
}
