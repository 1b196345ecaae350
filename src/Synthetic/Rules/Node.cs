namespace Yunnao.Synthetic.Rules;

/// <summary>A piece of a rule: its value for a row, which is asked for the typed values of its items.</summary>
internal delegate object? Node(Func<string, object?> row);
