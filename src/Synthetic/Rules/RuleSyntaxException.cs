namespace Yunnao.Synthetic.Rules;

/// <summary>A rule of the registry that this reader does not understand. The registry's own check reports it with file and line.</summary>
internal sealed class RuleSyntaxException(string message) : Exception(message);
