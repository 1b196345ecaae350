using Yunnao.Services.Views.Types;

namespace Yunnao.Services.Views.Compile;

/// <summary>
/// What a part of a path is in SQL. One thing is a scalar or STRUCT, NULL where there is none; many things are a LIST without NULLs, or NULL.
/// Booleans are BOOLEAN, integers BIGINT, decimals DOUBLE; texts, dates and times are VARCHAR as FHIR writes them.
/// </summary>
/// <param name="Type">FHIR type; empty when nothing can be there.</param>
internal sealed record Operand(string Sql, string Type, bool Many)
{
    /// <summary>Nothing.</summary>
    public static Operand Nothing { get; } = new("NULL", "", false);

    /// <summary>What is read of it, where it is read from the resource.</summary>
    public Shape? Shape { get; init; }

    /// <summary>The thing and the element of it that this is, where it is just that.</summary>
    public (Operand Parent, FhirElement Element)? Origin { get; init; }

    /// <summary>True of a choice (<c>value[x]</c>) of which the type is not yet said; <see cref="Sql"/> means nothing then.</summary>
    public bool IsChoice { get; init; }

    /// <summary>The same in JSON: of a STRUCT its own text, of a number its digits. Valid only when the shape was asked for it.</summary>
    public string? Raw { get; init; }

    /// <summary>True when there can be nothing.</summary>
    public bool IsNothing => Type.Length == 0;
}
