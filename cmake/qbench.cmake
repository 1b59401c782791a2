# Helpers that every folder uses; all settings are target-scoped.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

# Designated initializers leave fields at their defaults on purpose. g++ 12 reports string copies that cannot happen
# (GCC bug 105651) under -Wrestrict and -Wstringop-overread, and optional values that nobody reads under
# -Wmaybe-uninitialized.
add_library(qbench_warnings INTERFACE)
target_compile_options(qbench_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wno-sign-conversion -Wno-missing-field-initializers
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict$<SEMICOLON>-Wno-stringop-overread$<SEMICOLON>-Wno-maybe-uninitialized>
                       $<$<BOOL:${QBENCH_WERROR}>:-Werror>)

add_library(qbench_sanitize INTERFACE)
if(QBENCH_SANITIZE)
  target_compile_options(qbench_sanitize INTERFACE -fsanitize=${QBENCH_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  target_link_options(qbench_sanitize INTERFACE -fsanitize=${QBENCH_SANITIZE})
endif()

# GNU ld takes three times as long for the test programs.
find_program(QBENCH_LLD ld.lld)
add_library(qbench_linker INTERFACE)
if(QBENCH_LLD AND CMAKE_UNITY_BUILD)
  target_link_options(qbench_linker INTERFACE -fuse-ld=lld)
endif()

# Warnings, sanitizers, linker and the include root (the repository) for one target.
function(qbench_setup target)
  target_link_libraries(${target} PRIVATE qbench_warnings qbench_sanitize qbench_linker)
  target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}")
endfunction()

# qbench_library(NAME SOURCES a.cc ... [DEPS public libs] [PRIVATE private libs])
function(qbench_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;PRIVATE" ${ARGN})
  add_library(qbench_${name} STATIC ${arg_SOURCES})
  add_library(qbench::${name} ALIAS qbench_${name})
  qbench_setup(qbench_${name})
  target_link_libraries(qbench_${name} PUBLIC ${arg_DEPS} PRIVATE ${arg_PRIVATE})
endfunction()

# qbench_executable(NAME SOURCES a.cc ... [DEPS libs])
function(qbench_executable name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  qbench_setup(${name})
  target_link_libraries(${name} PRIVATE ${arg_DEPS})
endfunction()

# qbench_test(NAME LABEL unit SOURCES a_test.cc ... [DEPS libs]): a GoogleTest program, one ctest entry a case.
function(qbench_test name)
  cmake_parse_arguments(arg "" "LABEL" "SOURCES;DEPS" ${ARGN})
  qbench_executable(${name} SOURCES ${arg_SOURCES} DEPS ${arg_DEPS} GTest::gtest GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name} PROPERTIES LABELS "${arg_LABEL}" TIMEOUT 120 DISCOVERY_TIMEOUT 60)
endfunction()

# qbench_bench(NAME SOURCES a_bench.cc ... [DEPS libs]): a Google Benchmark program; run by hand, never by ctest.
function(qbench_bench name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  qbench_executable(${name} SOURCES ${arg_SOURCES} DEPS ${arg_DEPS} benchmark::benchmark)
endfunction()

# qbench_runner_wanted(NAME OPTION FOUND REASON RESULT): whether to build a back end. FOUND is the variable that holds
# what it needs; with AUTO a missing need turns the back end off and prints REASON, with ON it is an error.
function(qbench_runner_wanted name option found reason result)
  set(wanted FALSE)
  if(NOT ${option} MATCHES "^(AUTO|ON|OFF)$")
    message(FATAL_ERROR "${option} is '${${option}}'; it must be AUTO, ON or OFF")
  elseif(${option} STREQUAL "OFF")
    message(STATUS "Runner ${name}: off (${option}=OFF)")
  elseif(${found})
    set(wanted TRUE)
  elseif(${option} STREQUAL "ON")
    message(FATAL_ERROR "Runner ${name}: ${reason}")
  else()
    message(STATUS "Runner ${name}: off, ${reason}")
  endif()
  set(${result} ${wanted} PARENT_SCOPE)
endfunction()
include(GoogleTest)
