namespace Yunnao.Server.Connect;

/// <summary>A new application and its secret; null of a public one.</summary>
public sealed record CreatedApplication(ApplicationView Application, string? Secret);
