namespace Yunnao.Standards;

/// <summary>The file and line of the registry where an entry is written, for error messages.</summary>
public readonly record struct SourceLine(string File, int Line);
