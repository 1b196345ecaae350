namespace Yunnao.Standards.Expressions;

/// <summary>What a piece of a rule expression is.</summary>
public enum TokenKind
{
    /// <summary>Name of an item.</summary>
    Item,

    /// <summary>A whole <c>in_set(item, 'value set')</c>.</summary>
    InSet,

    /// <summary>A whole <c>mentions(item, 'word list')</c>.</summary>
    Mentions,

    /// <summary>Anything else, already checked: literal, operator, keyword, function of the white list.</summary>
    Sql,
}
