namespace Yunnao.Services.Identity;

/// <summary>A part of a person's name.</summary>
internal enum NamePart { Any, Family, Given }
