namespace Yunnao.Standards.Expressions;

/// <summary>The lexical classes of the rule language.</summary>
internal enum LexemeKind { Word, Number, String, Sign, End }
