namespace Yunnao.Services.Views.Paths;

/// <summary>An expression of FHIRPath as a tree. <paramref name="At"/> is the character of the text at which it begins, counted from 0.</summary>
internal abstract record PathNode(int At)
{
    /// <summary>A literal. <paramref name="Type"/> is the FHIR type of its value: boolean, integer, decimal, string, date, dateTime, time.</summary>
    public sealed record Literal(int At, string Type, string Text) : PathNode(At);

    /// <summary>A number with a unit.</summary>
    public sealed record QuantityLiteral(int At, string Number, string Unit) : PathNode(At);

    /// <summary><c>{}</c>.</summary>
    public sealed record Empty(int At) : PathNode(At);

    /// <summary><c>$this</c>, or what a path without a beginning begins with.</summary>
    public sealed record This(int At) : PathNode(At);

    /// <summary><c>$index</c>.</summary>
    public sealed record Index(int At) : PathNode(At);

    /// <summary><c>%name</c>.</summary>
    public sealed record Constant(int At, string Name) : PathNode(At);

    /// <summary>An element; a null focus stands for <c>$this</c>.</summary>
    public sealed record Member(int At, PathNode? Focus, string Name) : PathNode(At);

    /// <summary>A function; a null focus stands for <c>$this</c>.</summary>
    public sealed record Call(int At, PathNode? Focus, string Name, IReadOnlyList<PathNode> Arguments) : PathNode(At);

    /// <summary><c>focus[position]</c>.</summary>
    public sealed record Item(int At, PathNode Focus, PathNode Position) : PathNode(At);

    /// <summary>An operator between two operands.</summary>
    public sealed record Binary(int At, string Operator, PathNode Left, PathNode Right) : PathNode(At);

    /// <summary>A sign before a number.</summary>
    public sealed record Signed(int At, string Sign, PathNode Operand) : PathNode(At);

    /// <summary><c>is</c> and <c>as</c>.</summary>
    public sealed record OfType(int At, bool Test, PathNode Operand, string Type) : PathNode(At);
}
