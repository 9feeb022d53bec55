/// What a file's name says of what is in it: the name without the endings of texts and of what packs them,
/// `BRK.A` of `BRK.A.csv.gz`. Other dots belong to the name, and so does what would leave none.
public func fileStem(_ name: String) -> String {
  var stem = Substring(name)
  while let dot = stem.lastIndex(of: "."), dot > stem.startIndex,
    knownEndings.contains(stem[dot...].lowercased())
  {
    stem = stem[..<dot]
  }
  return String(stem)
}

private let knownEndings = [".csv", ".txt", ".tsv", ".gz", ".zst", ".zip"]
