internal import Digests

/// Compares what a database says of its steps with what the program knows. Pure.
enum SchemaCheck {
  /// A step as the database recorded it.
  struct Taken: Equatable {
    let number: Int32
    let digest: [UInt8]
    let programMin: Int32
  }

  static func digest(_ migration: Migration) -> [UInt8] { SHA256.digest(of: migration.sql).bytes }

  /// The steps still to take; throws where a taken step was edited afterwards or the database is of a later release.
  static func pending(_ history: SchemaHistory, taken: [Taken]) throws(SchemaRefusal) -> [Migration] {
    for step in taken {
      guard let known = history.migrations.first(where: { $0.number == step.number }) else {
        let level = history.migrations.last?.number ?? 0
        guard step.programMin <= level else {
          throw SchemaRefusal(
            "schema \(history.schema) is at step \(step.number), which this program (level \(level)) is too old for",
            hint: "Use the release that migrated the database, or a later one. Nothing was changed.")
        }
        continue
      }
      guard digest(known) == step.digest else {
        throw SchemaRefusal(
          "migration \(known.number) (\(known.name)) of schema \(history.schema) was edited after it was applied",
          hint: "Restore the released file; put changes into a new migration. Nothing was changed.")
      }
    }
    let done = Set(taken.map(\.number))
    return history.migrations.filter { !done.contains($0.number) }
  }

  /// Whether program and schema can work together.
  static func compatible(_ history: SchemaHistory, taken: [Taken]) throws(SchemaRefusal) {
    _ = try pending(history, taken: taken)
    let level = taken.map(\.number).max() ?? 0
    guard level >= history.schemaMin else {
      throw SchemaRefusal(
        level == 0
          ? "schema \(history.schema) does not exist in this database"
          : "schema \(history.schema) is at step \(level); this program needs step \(history.schemaMin)",
        hint: "Run teller migrate, with a role that may create schemas.")
    }
  }
}
