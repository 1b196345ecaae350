namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>Turns a local patient number into the subject. Called from DuckDB's threads at once, millions of times: it must be thread-safe and fast.</summary>
public interface ISubjectResolver
{
    /// <summary>The subject of a local patient number (UTF-8) at an institution (UTF-8); a number never seen before gets a new subject.</summary>
    ulong Resolve(ReadOnlySpan<byte> organisation, ReadOnlySpan<byte> local);
}
