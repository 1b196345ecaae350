using Yunnao.Kernel;

namespace Yunnao.Services.Views.Compile;

/// <summary>What came of compiling a view: a statement, or problems that stood in its way; and warnings.</summary>
internal sealed record ViewCompilation(ViewStatement? Statement, IReadOnlyList<Problem> Problems, IReadOnlyList<Problem> Warnings);
