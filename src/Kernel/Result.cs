using System.Diagnostics.CodeAnalysis;

namespace Yunnao.Kernel;

/// <summary>Either a value or the problem that stood in its way. Used at the doors of rooms.</summary>
public readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Problem? problem)
    {
        _value = value;
        Problem = problem;
    }

    /// <summary>The problem, or null when there is a value.</summary>
    public Problem? Problem { get; }

    /// <summary>True when there is a value.</summary>
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool Ok => Problem is null;

    /// <summary>The value; asking for it when there is none is a bug and throws <see cref="InvalidOperationException"/>.</summary>
    public T Value => Problem is null ? _value! : throw new InvalidOperationException(Problem.ToString());

    /// <summary>Takes the value or the problem in one step.</summary>
    public bool Try([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Problem? problem)
    {
        value = _value;
        problem = Problem;
        return problem is null;
    }

    [SuppressMessage("Usage", "CA2225", Justification = "A result is made by returning its value or its problem.")]
    public static implicit operator Result<T>(T value) => new(value, null);

    [SuppressMessage("Usage", "CA2225", Justification = "A result is made by returning its value or its problem.")]
    public static implicit operator Result<T>(Problem problem) => new(default, problem);
}
