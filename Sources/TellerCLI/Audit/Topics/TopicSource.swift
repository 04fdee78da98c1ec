import Foundation
import KafkaClient
import Teller
import TellerKafka

/// One of the stream's topics under audit: its bounds before and after the tables' snapshot was taken.
final class TopicSource {
  /// How much of a topic is held at once.
  private static let chunkBytes = 4 << 20
  private static let chunkRecords = 4_000
  /// How often a disturbed question is asked again.
  private static let attempts = 20

  private let reading: TopicReading
  /// Where the logs ended before the snapshot: everything before is decided in it.
  private let endsBefore: [Int64]
  /// What is read.
  private(set) var bounds: [Range<Int64>] = []

  init(_ configuration: KafkaConfiguration, topic: String) throws(LogFailure) {
    let reading = try TopicReading(configuration: configuration, topic: topic)
    self.reading = reading
    endsBefore = try Self.patiently { () throws(LogFailure) in try reading.bounds() }.map(\.upperBound)
  }

  var topic: String { reading.topic }

  /// Looks again, after the snapshot: what the tables call published lies below these ends.
  func lookAgain() throws(LogFailure) {
    let reading = reading
    bounds = try Self.patiently { () throws(LogFailure) in try reading.bounds() }
  }

  /// What is read of a partition; empty where there is none.
  func bounds(of partition: Int32) -> Range<Int64> {
    bounds.indices.contains(Int(partition)) ? bounds[Int(partition)] : 0..<0
  }

  /// Whether a record was there before the snapshot.
  func isOlderThanSnapshot(_ offset: Int64, of partition: Int32) -> Bool {
    endsBefore.indices.contains(Int(partition)) && offset < endsBefore[Int(partition)]
  }

  /// Reads a partition once, chunk by chunk.
  /// - Returns: where the reading began: later than the bounds say where the log was cut meanwhile.
  func read(
    _ partition: Int32, _ body: ([TopicRecord]) throws -> Void
  ) throws -> Int64 {
    let bounds = bounds(of: partition)
    var begin = bounds.lowerBound
    var next = begin
    while next < bounds.upperBound {
      let chunk: (records: [TopicRecord], next: Int64)
      do throws(LogFailure) {
        chunk = try records(in: next..<bounds.upperBound, of: partition)
      } catch {
        // Cut before anything was read of it: what is left begins later.
        guard error.kind == .outOfRange, next == begin else { throw error }
        let low = try low(of: partition)
        guard low > begin else { throw error }
        begin = min(low, bounds.upperBound)
        next = begin
        continue
      }
      next = chunk.next
      try body(chunk.records)
    }
    return begin
  }

  private func records(
    in range: Range<Int64>, of partition: Int32
  ) throws(LogFailure) -> (records: [TopicRecord], next: Int64) {
    let reading = reading
    return try Self.patiently { () throws(LogFailure) in
      try reading.records(in: range, of: partition, bytesMax: Self.chunkBytes, countMax: Self.chunkRecords)
    }
  }

  private func low(of partition: Int32) throws(LogFailure) -> Int64 {
    let reading = reading
    let now = try Self.patiently { () throws(LogFailure) in try reading.bounds() }
    return now.indices.contains(Int(partition)) ? now[Int(partition)].lowerBound : .max
  }

  /// What is disturbed is asked again, after a moment.
  static func patiently<Answer>(
    _ question: () throws(LogFailure) -> Answer
  ) throws(LogFailure) -> Answer {
    for _ in 1..<attempts {
      do throws(LogFailure) {
        return try question()
      } catch {
        guard error.kind == .transient else { throw error }
      }
      Thread.sleep(forTimeInterval: 0.2)
    }
    return try question()
  }

  func close() { _ = reading.close(within: .seconds(5)) }
}
