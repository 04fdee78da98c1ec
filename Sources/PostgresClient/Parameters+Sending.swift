extension Parameters {
  /// The types must be those that the statement was prepared with, and each value below PostgreSQL's 1 GB.
  func check(against statement: Statement) throws(PostgresError) {
    let types = statement.parameterTypes
    guard fields.count == types.count else {
      throw .usage("statement \(statement.name) has \(types.count) parameters, got \(fields.count)")
    }
    for index in types.indices {
      guard fields[index].type == types[index] else {
        throw .usage(
          "parameter $\(index + 1) of \(statement.name) is \(types[index]), got \(fields[index].type)")
      }
      guard fields[index].length < 1 << 30 else {
        throw .usage("parameter $\(index + 1) of \(statement.name) has \(fields[index].length) bytes")
      }
    }
  }

  /// Lends the three arrays that libpq wants; it copies what they point to.
  func withArguments(
    _ body: (
      UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
    ) -> Int32
  ) -> Int32 {
    let count = fields.count
    return unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
      unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { integers in
        for (index, field) in fields.enumerated() {
          let isNull = field.offset < 0
          // Inside the buffer: every offset was taken from `used`.
          let start = unsafe UnsafePointer(
            (buffer + max(field.offset, 0)).assumingMemoryBound(to: CChar.self))
          unsafe values.initializeElement(at: index, to: isNull ? nil : start)
          unsafe integers.initializeElement(at: index, to: Int32(truncatingIfNeeded: field.length))
          unsafe integers.initializeElement(at: count + index, to: 1)  // binary
        }
        let lengths = unsafe integers.baseAddress.map { unsafe UnsafePointer($0) }
        let formats = unsafe lengths.map { unsafe $0 + count }
        return unsafe body(values.baseAddress.map { unsafe UnsafePointer($0) }, lengths, formats)
      }
    }
  }
}
