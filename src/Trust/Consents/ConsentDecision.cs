namespace Yunnao.Trust.Consents;

/// <summary>What a person decided. After a withdrawal it is as if nothing had been decided.</summary>
public enum ConsentDecision { Given, Refused, Withdrawn }
