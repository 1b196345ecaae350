namespace Yunnao.Trust.Callers;

/// <summary>What asks: a person with an account, or a program.</summary>
public enum CallerKind { Account, Application }
