// A sink between a cluster and a test.

import Dispatch
import KafkaClient
import Synchronization
import Testing

@testable import Teller
@testable import TellerKafka

extension EventDraft {
  /// A record with a header before its key and another behind its value.
  init(key: String?, value: String?, headers: [(String, String?)] = []) {
    self.init()
    for (name, value) in headers {
      let name = add(name)
      self.headers.append((name: name, value: value.map { add($0) }))
    }
    self.key = key.map { add($0) }
    self.value = value.map { add($0) }
  }

  private mutating func add(_ text: String) -> Range<Int> {
    let start = bytes.count
    bytes.append(contentsOf: text.utf8)
    return start..<bytes.count
  }
}

extension KafkaEventSink {
  /// Polls until `count` reports have come; fails after 40 s.
  func reports(_ count: Int) -> [SendReport] {
    let deadline = ContinuousClock.now + .seconds(40)
    var all: [SendReport] = []
    while all.count < count, ContinuousClock.now < deadline { all += poll(.milliseconds(100)) }
    #expect(all.count == count)
    return all
  }

  /// Sends numbered events, each under its number's tag, polling while the queue is full.
  func send(
    _ numbers: Range<Int>, to topic: OutputTopic = .outcomes, partition: Int32 = 0, size: Int = 0
  ) throws -> [SendReport] {
    var early: [SendReport] = []
    let deadline = ContinuousClock.now + .seconds(40)
    for number in numbers {
      let value = "\(number) " + String(repeating: "x", count: size)
      let draft = EventDraft(key: "key-\(number)", value: value, headers: [("number", "\(number)")])
      while true {
        do throws(SendFailure) {
          try send(draft, to: topic, partition: partition, tag: UInt64(number))
          break
        } catch {
          guard error == .full, ContinuousClock.now < deadline else { throw error }
          early += poll(.milliseconds(100))
        }
      }
    }
    return early
  }

  /// Prepares until nothing is wrong; fails after 40 s with what is.
  func prepared() {
    let deadline = ContinuousClock.now + .seconds(40)
    var flaw: String?
    repeat { flaw = prepare() } while flaw != nil && ContinuousClock.now < deadline
    #expect(flaw == nil)
  }
}

/// A record as it lies in a topic.
struct Kept: Equatable {
  var key: [UInt8]?
  var value: [UInt8] = []
  var headers: [String] = []

  /// The number that its value begins with; -1 for none.
  var number: Int {
    Int(String(decoding: value.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)) ?? -1
  }
}

/// The records of a partition up to its end now, in the log's order.
func kept(in topic: String, partition: Int32 = 0, _ configuration: KafkaConfiguration) throws -> [Kept] {
  let consumer = try Consumer(configuration)
  defer { _ = consumer.close(within: .seconds(10)) }
  let end = try consumer.watermarks(topic: topic, partition: partition, timeout: .seconds(10)).high
  let readable = DispatchSemaphore(value: 0)
  let queue = try consumer.partitionQueue(topic: topic, partition: partition)
  defer { queue.release() }
  queue.whenReadable { readable.signal() }
  try consumer.assign([(partition: partition, offset: 0)], topic: topic)
  var all: [Kept] = []
  while true {
    let popped = queue.pop { record in
      var kept = Kept(headers: record.headers().map(\.name))
      var key: [UInt8] = []
      record.appendKey(to: &key)
      kept.key = record.keyIsNull ? nil : key
      record.appendValue(to: &kept.value)
      all.append(kept)
    }
    switch popped {
    case .record: break
    case .end(let reached) where reached >= end: return all
    case .end: break
    case .empty: try #require(readable.wait(timeout: .now() + 30) == .success)
    case .error(let error): throw error
    }
  }
}
