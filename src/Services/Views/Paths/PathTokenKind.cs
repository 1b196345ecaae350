namespace Yunnao.Services.Views.Paths;

/// <summary>The kinds of words.</summary>
internal enum PathTokenKind
{
    End,

    /// <summary>A name as it stands; may also be an operator such as <c>and</c>.</summary>
    Name,

    /// <summary>A name in back-quotes; never an operator.</summary>
    QuotedName,
    Text,
    Number,
    Date,
    DateTime,
    Time,

    /// <summary><c>%name</c>.</summary>
    Constant,

    /// <summary><c>$this</c>, <c>$index</c>, <c>$total</c>.</summary>
    Variable,
    Symbol,
}
