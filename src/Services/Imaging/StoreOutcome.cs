using Yunnao.Kernel;

namespace Yunnao.Services.Imaging;

/// <summary>What became of a file that was handed in.</summary>
/// <param name="Result">Where it is.</param>
/// <param name="Problem">Why it is not among the images, or null.</param>
/// <param name="SopClass">Empty when it could not be read.</param>
/// <param name="SopInstance">Empty when it could not be read.</param>
/// <param name="Study">Study Instance UID; empty when it could not be read.</param>
/// <param name="Series">Series Instance UID; empty when it could not be read.</param>
public sealed record StoreOutcome(StoreResult Result, Problem? Problem, string SopClass, string SopInstance, string Study, string Series);
