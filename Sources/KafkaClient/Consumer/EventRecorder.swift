// The callbacks of a client only write down what they were told; polls hand it out.

internal import CLibrdkafka
import Synchronization

/// The events of one client that no poll has returned yet. All callbacks run inside polls of that client
/// (`log.queue` is on), so what is pending stays within what one poll can bring.
final class EventRecorder: Sendable {
  private let pending = Mutex<[ConsumerEvent]>([])
  private let closing = Atomic<Bool>(false)
  /// A reader of given partitions has no rights on its throw-away group and needs none.
  private let isMember: Bool

  init(isMember: Bool) { self.isMember = isMember }

  /// From here on rebalances are answered at once: nobody polls for them any more.
  func beginClosing() { closing.store(true, ordering: .releasing) }

  var isClosing: Bool { closing.load(ordering: .acquiring) }

  func next() -> ConsumerEvent? {
    pending.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }

  func record(_ event: ConsumerEvent) { pending.withLock { $0.append(event) } }

  /// An error from the consumer's queue or from the error callback.
  func record(_ error: KafkaError, of client: OpaquePointer) {
    if error.code == KafkaError.Code.partitionEOF { return }
    if error.code == KafkaError.Code.fatal {
      record(.fatal(unsafe KafkaError.fatal(of: client) ?? error))
      return
    }
    if error.code == KafkaError.Code.groupAuthorizationFailed, !isMember { return }
    if KafkaError.disturbingCodes.contains(error.code) { record(.disturbed(error.description)) }
    record(.error(error))
  }

  func recordLog(level: Int, facility: String, text: String) {
    // PARTCNT: a topic shrank, grew or vanished. FAIL: a connection broke. Both precede a silent resumption.
    if facility == "PARTCNT" || facility == "FAIL" { record(.disturbed("\(facility): \(text)")) }
    record(.log(level: level, line: "\(facility): \(text)"))
  }

  /// Messages on the main queue are errors, or records of a partition queue that was not asked for in time.
  func record(_ message: borrowing Record, of client: OpaquePointer) {
    if message.code == RD_KAFKA_RESP_ERR_NO_ERROR {
      let place = "partition \(message.partition), offset \(message.offset)"
      record(.disturbed("a record came outside its partition's queue: \(place)"))
    } else {
      unsafe record(message.error, of: client)
    }
  }
}

/// Sets the callbacks that write to the recorder, which must outlive the client.
func install(_ recorder: EventRecorder, in settings: OpaquePointer, isConsumer: Bool) {
  unsafe rd_kafka_conf_set_opaque(settings, Unmanaged.passUnretained(recorder).toOpaque())
  unsafe rd_kafka_conf_set_error_cb(settings) { client, code, reason, opaque in
    guard let client = unsafe client, let recorder = unsafe recorderBehind(opaque) else { return }
    let message = unsafe reason.map { unsafe String(cString: $0) }
    unsafe recorder.record(KafkaError(code: code, message: message), of: client)
    // So that the poll returns now rather than at its timeout.
    unsafe rd_kafka_yield(client)
  }
  unsafe rd_kafka_conf_set_log_cb(settings) { client, level, facility, text in
    guard let client = unsafe client, let recorder = unsafe recorderBehind(rd_kafka_opaque(client)) else {
      return
    }
    let (facility, text) = unsafe (facility.map { unsafe String(cString: $0) }, text)
    let line = unsafe text.map { unsafe String(cString: $0) } ?? ""
    recorder.recordLog(level: Int(level), facility: facility ?? "", text: line)
    unsafe rd_kafka_yield(client)
  }
  guard isConsumer else { return }
  unsafe rd_kafka_conf_set_rebalance_cb(settings) { client, code, list, opaque in
    guard let client = unsafe client, let recorder = unsafe recorderBehind(opaque) else { return }
    unsafe rebalanced(client, code, list, recorder)
    unsafe rd_kafka_yield(client)
  }
}

private func recorderBehind(_ opaque: UnsafeMutableRawPointer?) -> EventRecorder? {
  unsafe opaque.map { unsafe Unmanaged<EventRecorder>.fromOpaque($0).takeUnretainedValue() }
}

private func rebalanced(
  _ client: OpaquePointer, _ code: rd_kafka_resp_err_t,
  _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?, _ recorder: EventRecorder
) {
  if recorder.isClosing {
    unsafe rd_kafka_assign(client, nil)
    return
  }
  var partitions: [Int32] = []
  if let list = unsafe list {
    for index in 0..<Int(unsafe list.pointee.cnt) {
      unsafe partitions.append(list.pointee.elems[index].partition)
    }
  }
  switch code {
  case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
    recorder.record(.assigned(partitions))
  case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
    let isLost = unsafe rd_kafka_assignment_lost(client) != 0
    recorder.record(.revoked(partitions, lost: isLost))
  default:
    // rdkafka.h: any other code is an error, to be answered by giving everything up.
    recorder.record(.error(KafkaError(code)))
    recorder.record(.revoked(partitions, lost: true))
  }
}
