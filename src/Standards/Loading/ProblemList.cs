using System.Collections.Concurrent;
using Yunnao.Kernel;

namespace Yunnao.Standards.Loading;

/// <summary>Collects the problems of one load; safe to use from the threads that read files side by side.</summary>
internal sealed class ProblemList(string directory)
{
    private readonly ConcurrentQueue<Problem> _problems = new();
    private readonly NearNames _near = new();

    public void Add(string code, SourceLine at, Sentence message)
    {
        var file = Path.Combine(directory, at.File);
        _problems.Enqueue(new(ProblemKind.Incorrect, code, message, new Place(file, at.Line)));
    }

    /// <summary>Reports a name that stands for nothing, with the name that was probably meant.</summary>
    /// <param name="what">What the name should be the name of: <c>data element</c>.</param>
    public void AddUnknown(string code, SourceLine at, Sentence what, string name, IEnumerable<string> known) =>
        Add(code, at, $"unknown {what} '{name}'{_near.Hint(name, known)}");

    /// <summary>By file and line, so that the order does not depend on which file was read first.</summary>
    public IReadOnlyList<Problem> Sorted() =>
    [
        .. _problems
            .OrderBy(p => p.Where!.File, StringComparer.Ordinal)
            .ThenBy(p => p.Where!.Line)
            .ThenBy(p => p.Code, StringComparer.Ordinal)
            .ThenBy(p => p.Message.ToString(), StringComparer.Ordinal),
    ];
}
